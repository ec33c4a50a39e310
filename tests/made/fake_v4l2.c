// Answers the ioctls of V4L2 for any file, as a USB camera would; preloaded into the process that reads the camera.
// $FAKE_V4L2_ORDERS is a file with one word, read for every picture: fine, stall, gone, damaged, freeze, lie, black; and before
// the format is set: busy, as where another program has the stream.
// $FAKE_V4L2_PICTURES has WIDTH-NUMBER.jpg, $FAKE_V4L2_COUNT of them (8), to be repeated; $FAKE_V4L2_LOG gets a line for each thing that is set.
// $FAKE_V4L2_DRIVER is its driver's name (uvcvideo).
// With $FAKE_V4L2_STEPS it has all sizes between 160 x 120 and 1920 x 1080 in steps of 16 x 8, as a scaler behind a sensor.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS = 4, ROOM = 1 << 22 };

static struct v4l2_pix_format pix = {.width = 640, .height = 480, .pixelformat = V4L2_PIX_FMT_YUYV, .bytesperline = 1280};
static unsigned fps = 30, queue[BUFFERS], queued, sequence, tick;
static int just_gave;
static double due;
static char data[ROOM];

static void note(const char *what, unsigned value) {
    FILE *log = fopen(getenv("FAKE_V4L2_LOG"), "a");
    fprintf(log, "%s %u\n", what, value);
    fclose(log);
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static int fail(int why) {
    errno = why;
    return -1;
}

static const char *orders(void) {
    static char word[16];
    memset(word, 0, sizeof word);
    FILE *file = fopen(getenv("FAKE_V4L2_ORDERS"), "r");
    if (file == NULL || fscanf(file, "%15s", word) != 1) strcpy(word, "fine");
    if (file != NULL) fclose(file);
    return word;
}

static size_t picture(const char *mode) {
    if (pix.pixelformat == V4L2_PIX_FMT_YUYV) {
        size_t size = pix.width * pix.height * 2;
        memset(data, 128, size);
        for (size_t i = 0; i < size; i += 2) data[i] = strcmp(mode, "black") ? 100 + (tick + i) % 60 : 16;
        return size;
    }
    char path[4096];
    const char *count = getenv("FAKE_V4L2_COUNT");
    unsigned number = tick % (count != NULL ? atoi(count) : 8);
    snprintf(path, sizeof path, "%s/%u-%u.jpg", getenv("FAKE_V4L2_PICTURES"), pix.width, number);
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, data, ROOM);
    close(fd);
    return size;
}

static int dequeue(int fd, struct v4l2_buffer *buffer) {
    if (just_gave || queued == 0) {  // poll() says of a file that it can always be read: the waiting is done here
        just_gave = 0;
        return fail(EAGAIN);
    }
    if (due == 0) due = now();
    due += 1.0 / fps;
    for (double left; (left = due - now()) > 0;) usleep((useconds_t)(left * 1e6) + 1);  // as quietly as a kernel
    const char *mode = orders();
    while (!strcmp(mode, "stall")) {
        usleep(10000);
        mode = orders();
    }
    if (!strcmp(mode, "gone")) return fail(ENODEV);
    int lie = !strcmp(mode, "lie");
    if (strcmp(mode, "freeze") && !lie) ++tick;
    if (!lie) ++sequence;
    size_t size = picture(mode);
    buffer->index = queue[0];
    memmove(queue, queue + 1, sizeof *queue * --queued);
    if (pwrite(fd, data, size, (off_t)buffer->index * ROOM) < 0) return -1;
    double taken = lie ? 1.0 : now();
    buffer->timestamp.tv_sec = (long)taken;
    buffer->timestamp.tv_usec = (long)((taken - (long)taken) * 1e6);
    buffer->sequence = sequence;
    buffer->bytesused = size;
    buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | (strcmp(mode, "damaged") ? 0 : V4L2_BUF_FLAG_ERROR);
    just_gave = 1;
    return 0;
}

static int set_format(struct v4l2_pix_format *asked) {
    if (!strcmp(orders(), "busy")) return fail(EBUSY);
    asked->bytesperline = asked->pixelformat == V4L2_PIX_FMT_YUYV ? asked->width * 2 : 0;
    note(asked->pixelformat == V4L2_PIX_FMT_YUYV ? "YUYV" : "MJPG", asked->width);
    pix = *asked;
    return 0;
}

static int control(struct v4l2_queryctrl *asked) {
    asked->flags = 0;
    asked->minimum = asked->id == V4L2_CID_EXPOSURE_ABSOLUTE ? 1 : 0;
    asked->maximum = asked->id == V4L2_CID_EXPOSURE_ABSOLUTE ? 5000 : 255;
    asked->default_value = 3;
    int known = asked->id == V4L2_CID_EXPOSURE_ABSOLUTE || asked->id == V4L2_CID_EXPOSURE_AUTO ||
                asked->id == V4L2_CID_EXPOSURE_AUTO_PRIORITY || asked->id == V4L2_CID_GAIN;
    return known ? 0 : fail(EINVAL);
}

static int answer(int fd, unsigned long request, void *argument) {
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *can = argument;
        const char *driver = getenv("FAKE_V4L2_DRIVER");
        strncpy((char *)can->driver, driver != NULL ? driver : "uvcvideo", sizeof can->driver - 1);
        can->capabilities = can->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
    }
    case VIDIOC_ENUM_FMT: {
        struct v4l2_fmtdesc *asked = argument;
        asked->pixelformat = asked->index == 0 ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;
        return asked->index < 2 ? 0 : fail(EINVAL);
    }
    case VIDIOC_ENUM_FRAMESIZES: {
        struct v4l2_frmsizeenum *asked = argument;
        if (getenv("FAKE_V4L2_STEPS") != NULL) {
            asked->type = V4L2_FRMSIZE_TYPE_STEPWISE;
            asked->stepwise = (struct v4l2_frmsize_stepwise){160, 1920, 16, 120, 1080, 8};
            return asked->index == 0 ? 0 : fail(EINVAL);
        }
        asked->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        asked->discrete.width = asked->index == 0 ? 640 : 1280;
        asked->discrete.height = asked->index == 0 ? 480 : 720;
        return asked->index < 2 ? 0 : fail(EINVAL);
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
        struct v4l2_frmivalenum *asked = argument;
        int slow = asked->pixel_format == V4L2_PIX_FMT_YUYV && asked->width == 1280;
        asked->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        asked->discrete.numerator = 1;
        asked->discrete.denominator = slow ? 10 : asked->index == 0 ? 30 : 15;
        return asked->index < (slow ? 1 : 2) ? 0 : fail(EINVAL);
    }
    case VIDIOC_G_FMT: ((struct v4l2_format *)argument)->fmt.pix = pix; return 0;
    case VIDIOC_S_FMT: return set_format(&((struct v4l2_format *)argument)->fmt.pix);
    case VIDIOC_G_PARM: {
        struct v4l2_captureparm *told = &((struct v4l2_streamparm *)argument)->parm.capture;
        told->timeperframe = (struct v4l2_fract){1, fps};
        return 0;
    }
    case VIDIOC_S_PARM: {
        struct v4l2_fract asked = ((struct v4l2_streamparm *)argument)->parm.capture.timeperframe;
        fps = asked.denominator / asked.numerator;
        note("fps", fps);
        return 0;
    }
    case VIDIOC_QUERYCTRL: return control(argument);
    case VIDIOC_S_CTRL: {
        struct v4l2_control *asked = argument;
        struct v4l2_queryctrl known = {.id = asked->id};
        if (control(&known) != 0) return -1;
        const char *names[] = {"auto", "exposure", "priority"};
        note(asked->id == V4L2_CID_GAIN ? "gain" : names[asked->id - V4L2_CID_EXPOSURE_AUTO], asked->value);
        return 0;
    }
    case VIDIOC_REQBUFS: ((struct v4l2_requestbuffers *)argument)->count = BUFFERS; return 0;
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *buffer = argument;
        buffer->length = ROOM;
        buffer->m.offset = buffer->index * ROOM;
        return 0;
    }
    case VIDIOC_QBUF: queue[queued++] = ((struct v4l2_buffer *)argument)->index; return 0;
    case VIDIOC_DQBUF: return dequeue(fd, argument);
    case VIDIOC_STREAMON: return 0;
    default: return fail(ENOTTY);
    }
}

int ioctl(int fd, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    struct stat file;
    if (_IOC_TYPE(request) == 'V' && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
        return answer(fd, request & 0xffffffffUL, argument);
    }
    static int (*real)(int, unsigned long, ...);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "ioctl");
    return real(fd, request, argument);
}
