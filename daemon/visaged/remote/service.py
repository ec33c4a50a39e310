"""The configuration from afar while the daemon runs: what comes is judged, tried, and kept or taken back; and told."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from visaged.config import Config, InvalidConfigError, Loaded, Patch, Problem, changed
from visaged.errors import VisagedError
from visaged.lifecycle import EndingError
from visaged.remote.attempt import Attempt, InForce
from visaged.remote.boot import Start
from visaged.remote.desired import RejectedError, digest, name_of
from visaged.remote.expectation import opening_s
from visaged.remote.gates import Signs
from visaged.remote.ground import Ground
from visaged.remote.history import History
from visaged.remote.host import Host
from visaged.remote.inbox import Inbox
from visaged.remote.layer import Load
from visaged.remote.ledger import Document, Ledger, Refusal
from visaged.remote.news import News
from visaged.remote.probation import Probation
from visaged.remote.reader import Outcome
from visaged.remote.report import Report, State, Trouble, replayed, reported
from visaged.remote.storage import Storage
from visaged.remote.tally import Tally
from visaged.remote.waiting import Waiting

LOOK_S, IDLE_S = 0.25, 1.0
"""Between two looks at the gates during a trial, and at how it goes otherwise."""


class Remote:
    """Belongs to the main thread. ``inbox`` is where messages wait; ``state`` the state directory."""

    def __init__(self, host: Host, inbox: Inbox, load: Load, storage: Storage, start: Start, *, state: Path) -> None:
        self._host = host
        self._ground = Ground(load, start.instead, state)
        self._storage = storage
        self._ledger = start.ledger
        self._loaded = start.loaded
        self._state: State = start.state
        self._trouble = Trouble(start.ledger.reverted, start.problems)
        self._safe = f"safe mode: {start.reason}" if start.state == "safe_mode" else None
        self._patch = start.patch
        self._attempt: Attempt | None = None
        born = time.monotonic()
        self._history = History(born)
        self._probation = Probation(born)
        self._inbox = inbox
        self._waiting = Waiting()
        self._tally = Tally(inbox)
        self._news = News(host, self._tally)

    @property
    def config(self) -> Config:
        """What is in force."""
        return self._loaded.config

    @property
    def is_on_trial(self) -> bool:
        """Whether something is tried."""
        return self._attempt is not None

    def stop(self, *, is_orderly: bool) -> None:
        """The daemon ends; where that is in order what is on trial may be tried again, else it counts as failed."""
        self._inbox.close()
        self._attempt = None
        if is_orderly:
            self._keep(self._ledger.give_up().settled())

    def layered(self, local: Loaded) -> Loaded:
        """``local``, which is what the device says itself, with what is wanted from afar. Raises InvalidConfigError."""
        return self._ground.layered(self._ledger, local)

    def reloaded(self, loaded: Loaded) -> None:
        """``loaded`` has come into force, because the files on the device have changed."""
        self._adopt(loaded)
        if not self.config.remote.enabled:
            self._give_up()
        if self._attempt is None:
            self._state = self._resting()
            self._trouble = Trouble()
        else:
            self._go_back_to(self._attempt, self._ledger)
        self.tell()

    def attend(self) -> float:
        """Look how it goes; gives the seconds until the next look."""
        signs = self._look()
        self._storage.keep_again(self._ledger, signs.now)
        self._host.unkept(self._storage.trouble)
        if self._attempt is None:
            is_well = self._state != "safe_mode" and self._history.before().camera
            self._keep(self._probation.look(self._ledger, self._loaded, signs.now, is_well=is_well))
            self._try_what_waits(signs)
            return LOOK_S if self._waiting or self._attempt else IDLE_S
        failed = self._attempt.gates.look(signs)
        if failed is not None:
            self.tell()
            self.revert(*failed)
        elif self._attempt.is_over(signs.now):
            self._commit()
        elif self._attempt.has_news(signs.now):
            self.tell()
        return LOOK_S

    def revert(self, gate: str, reason: str) -> None:
        """What is on trial has failed: go back to what was before, and say why."""
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        tried = self._ledger.trial
        ledger = self._ledger.revert(f"{gate}: {reason}")
        self._keep(ledger)
        try:
            self._host.apply(attempt.before.loaded)
        except VisagedError as exc:
            self._host.fail(exc)
            return
        self._loaded, self._patch = attempt.before.loaded, attempt.before.patch
        self._history = History(self._host.signs().now)
        self._state, self._trouble = "safe_mode" if self._safe else "reverted", Trouble(ledger.reverted)
        self._host.judge(self._safe)
        self._news.taken_back(tried.values(), gate, reason)
        self.tell()

    def tell(self) -> None:
        """Publish what is reported."""
        trial = self._attempt.told() if self._attempt else None
        tally = self._tally.facts()
        waiting = self._waiting.patches
        state, trouble = self._state, self._trouble
        if not self.config.remote.enabled:
            state, trouble = "disabled", Trouble()
        report = Report(state, self._ledger, self._loaded, self._patch, trial, trouble, waiting, tally)
        self._host.publish(reported(report))

    def receive(self, origin: str, data: bytes, outcome: Outcome) -> None:
        """A message from ``origin`` has come, and was read."""
        if not self.config.remote.enabled:
            return
        if outcome is None:
            self._clear(origin)
        elif isinstance(outcome, RejectedError):
            refusal = Refusal(origin, outcome.version, digest(data), str(outcome))
            self._reject(outcome.counts_as, Trouble(refusal, outcome.problems))
        else:
            self._consider(*outcome)

    def _consider(self, document: Document, patch: Patch) -> None:
        ledger = self._waiting.over(self._ledger, document.origin)
        verdict = ledger.judge(document)
        if verdict == "same":
            self._tally.add("ignored")
            is_wanted = self._trouble.concerns(document.origin) and ledger.wanted.get(document.origin) == document
            if self._state == "rejected" and is_wanted and self._is_in_force():
                self._state, self._trouble = self._resting(), Trouble()  # what is in force is what is wanted again
                self.tell()
            return
        if verdict == "new":
            self._waiting.put(document, patch)
            self._try_what_waits(self._look())
            if self._waiting:
                self.tell()
            return
        self._reject("replayed", Trouble.of(document, patch, [replayed(document, verdict)]))

    def _look(self) -> Signs:
        signs = self._host.signs()
        self._history.add(signs)
        return signs

    def _try_what_waits(self, signs: Signs) -> None:
        """What changes nothing needs no trial, after which it is the turn of the next one."""
        while self._attempt or self._history.is_telling(signs.now):
            taken = self._waiting.take(self._ledger.trial)
            if taken is None:
                return
            self._try(*taken)

    def _try(self, document: Document, patch: Patch) -> None:
        ledger = self._ledger.begin(document)
        try:
            self._put_in_force(ledger, self._ground.tried(ledger.wanted, self.config))
        except InvalidConfigError as exc:
            self._reject("rejected", Trouble.of(document, patch, exc.problems))
        except VisagedError as exc:
            self._reject("rejected", Trouble.of(document, patch, [Problem(name_of(document.origin), str(exc))]))
        except EndingError:
            self._waiting.put(document, patch)  # there may be a life after this end
            raise
        else:
            self._trouble = Trouble()
            self._news.applied(document, self._state)
            self.tell()

    def _put_in_force(self, ledger: Ledger, loaded: Loaded) -> None:
        """On trial, where it changes anything. Raises VisagedError; then all is as before, on the disk, too."""
        before = self._ledger
        keys = changed(self.config, loaded.config)
        first = self._attempt.before if self._attempt else InForce(self._loaded, self._patch)
        how_it_went = self._attempt.how_it_went if self._attempt else self._history.before()
        # What applies live cannot fail on the way, and need not wait for the disk.
        is_live = all(key.use.applies == "live" for key in keys)
        try:
            if is_live:
                self._host.apply(loaded)
            self._storage.write(ledger if keys or self._attempt else ledger.commit())
            if not is_live:
                self._host.apply(loaded)
        except (VisagedError, EndingError):
            if is_live:
                self._host.apply(self._loaded)
            else:
                self._keep(before, anyway=True)
            raise
        self._ledger, self._loaded = ledger, loaded
        self._patch = self._ground.layer(ledger, loaded)
        self._host.judge(self._safe if self._ground.is_broken else None)
        if keys or self._attempt:
            self._host.forget_latency()
            signs = self._host.signs()
            self._history = History(signs.now)
            self._attempt = Attempt.begin(first, how_it_went, signs, loaded.config, keys)
            self._state = "trial"
        else:
            self._ledger, self._state = ledger.commit(), "committed"

    def _commit(self) -> None:
        self._attempt = None
        tried = self._ledger.trial
        self._keep(self._ledger.commit().settled().proved(self._loaded))
        self._probation.end()
        self._state = "committed"
        self._safe = self._safe if self._ground.is_broken else None
        self._news.kept(tried.values())
        self.tell()

    def _clear(self, origin: str) -> None:
        """Back to the files on the device, which need no trial."""
        is_refused = self._state in ("rejected", "reverted") and self._trouble.concerns(origin)
        if not (self._waiting.drop(origin) or is_refused or origin in self._ledger.wanted):
            self._tally.add("ignored")
            return
        ledger = self._ledger.clear(origin)
        try:
            loaded = self._ground.files(ledger.wanted, self.config)
            self._host.apply(loaded)
        except EndingError:
            self._keep(ledger)  # nobody tells us again
            raise
        except VisagedError as exc:
            problem = Problem(name_of(origin), f"cannot be cleared: {'; '.join(str(exc).splitlines())}")
            self._reject("rejected", Trouble(Refusal(origin, None, None, str(problem)), (problem,)))
            return
        self._keep(ledger)
        self._adopt(loaded)
        self._host.judge(None)
        if self._attempt is not None:
            self._go_back_to(self._attempt, ledger)
            self._attempt = self._attempt if ledger.trial else None
        self._state = "trial" if self._attempt else self._resting()
        self._trouble = Trouble()
        self._news.cleared(origin)
        self.tell()

    def _adopt(self, loaded: Loaded) -> None:
        """``loaded`` is in force, with the files as they are now; how it went is over where that opens the camera."""
        now = self._host.signs().now
        self._probation.begin(now)
        if opening_s(changed(self.config, loaded.config), loaded.config):
            self._history = History(now)
        self._loaded, self._patch = loaded, self._ground.layer(self._ledger, loaded)
        self._safe = None
        self._ground.mended()

    def _give_up(self) -> None:
        """Nothing from afar is wanted any more, neither what is tried nor what waits for that."""
        self._attempt = None
        self._waiting.drop_all()
        self._keep(self._ledger.give_up())

    def _go_back_to(self, attempt: Attempt, ledger: Ledger) -> None:
        """Should ``attempt`` fail: what ``ledger`` knows to be good, with the files as they are now."""
        with suppress(InvalidConfigError):
            local = self._ground.files(ledger.good, self.config)
            attempt.before = InForce(local, self._ground.layer(ledger.give_up(), local))

    def _reject(self, counts_as: str, trouble: Trouble) -> None:
        self._tally.add("rejected", counts_as)
        refusal, known = trouble.refusal, self._trouble.refusal
        self._trouble = trouble
        if self._attempt is None and self._state != "safe_mode":
            self._state = "rejected"
        if refusal is not None and refusal != known:
            self._news.rejected(refusal)
        self.tell()

    def _keep(self, ledger: Ledger, *, anyway: bool = False) -> None:
        if anyway or ledger != self._ledger:
            self._storage.keep(ledger)
        self._ledger = ledger

    def _is_in_force(self) -> bool:
        """Whether what was kept is, which at boot did perhaps not go with the files on the device."""
        with suppress(InvalidConfigError):
            return self._patch == self._ground.layer(self._ledger, self._loaded)
        return False

    def _resting(self) -> State:
        return "committed" if self._patch else "local"
