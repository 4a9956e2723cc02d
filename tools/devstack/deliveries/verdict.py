"""What must hold after a trial, judged by what the receivers wrote down and by the shop's own tables."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.devstack.deliveries.trial import BEHAVIOURS, FIRST_PRICE, Trial, received

EVENTS = """
    SELECT 'evt_' || replace(event.uid::text, '-', ''), event.subject
    FROM webhooks_delivery AS delivery JOIN webhooks_event AS event ON event.id = delivery.event_id
    JOIN webhooks_subscription AS subscription ON subscription.id = delivery.subscription_id
    WHERE subscription.name = %s ORDER BY event.id
"""
# The events that there must be, from the orders themselves.
ORDERS = """
    SELECT 'order:' || id, kind FROM orders_order, LATERAL (VALUES
        (1, 'order.confirmed', status <> 'REJECTED'), (1, 'order.rejected', status = 'REJECTED'),
        (2, 'order.cancelled', status = 'CANCELLED')) AS expected(turn, kind, applies)
    WHERE applies ORDER BY id, turn
"""
PRICES = "SELECT 'product:' || id, price::int FROM products_product WHERE sku LIKE 'W-%%'"
MOST_SHOWN = 3


@dataclass
class Verdict:
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def demand(self, wrong: Sequence[Any], what: str) -> None:
        if wrong:
            self.failures.append(f"{len(wrong):,} {what}: {', '.join(map(str, wrong[:MOST_SHOWN]))}")


def judge(trial: Trial) -> Verdict:
    verdict = Verdict()
    events = int(trial.audit.value("SELECT count(*) FROM webhooks_event"))
    verdict.lines.append(f"{events:,} events; {len(trial.rolled_back):,} orders were rolled back.")
    killed = ", ".join(f"{count} times a {what}" for what, count in sorted(trial.kills.items()))
    verdict.lines.append(f"Killed: {killed or 'nothing'}.")
    if trial.failure:
        verdict.failures.append(f"killing stopped: {trial.failure!r}")
    for name in BEHAVIOURS:
        _judge_receiver(trial, name, verdict)
    good = received(trial.log_of("good"))
    _judge_against_the_shop(trial, good, verdict)
    return verdict


def _judge_receiver(trial: Trial, name: str, verdict: Verdict) -> None:
    lines = received(trial.log_of(name))
    if name == "forbidden":
        verdict.demand([line["id"] for line in lines], "events reached a forbidden address")
        verdict.lines.append("forbidden: nothing was sent to 127.0.0.2, neither directly nor by redirects")
        return
    expected = trial.audit.rows(EVENTS, [name])
    accepted = {line["id"] for line in lines if line["accepted"]}
    verdict.demand([one for one, _ in expected if one not in accepted], f"events never arrived at {name}")
    verdict.demand(sorted(accepted - {one for one, _ in expected}), f"events that do not exist arrived at {name}")
    verdict.demand([line["id"] for line in lines if line["forged"]], f"events at {name} have a wrong signature")
    verdict.demand(overtaken(expected, lines), f"events overtook an earlier one of their subject at {name}")
    orders = {f"order:{order_id}" for order_id in trial.rolled_back}
    verdict.demand([line["id"] for line in lines if line["subject"] in orders], f"rolled back orders reached {name}")
    refused = sum(not line["accepted"] for line in lines)
    again = sum(line["accepted"] for line in lines) - len(accepted)
    verdict.lines.append(
        f"{name}: {len(expected):,} events, {len(lines):,} attempts arrived, {refused:,} refused or not answered, "
        f"{again:,} accepted more than once"
    )


def overtaken(expected: Iterable[tuple[Any, ...]], lines: Iterable[dict[str, Any]]) -> list[str]:
    """Events that arrived, accepted or not, before all earlier ones of their subject were accepted."""
    before: dict[str, list[str]] = {}
    of_subject: defaultdict[str, list[str]] = defaultdict(list)
    for event, subject in expected:
        before[event] = list(of_subject[subject])[-1:]
        of_subject[subject].append(event)
    accepted: set[str] = set()
    wrong = []
    for line in lines:
        if line["id"] in before and not accepted.issuperset(before[line["id"]]):
            wrong.append(line["id"])
        if line["accepted"]:
            accepted.add(line["id"])
    return wrong


def _judge_against_the_shop(trial: Trial, lines: list[dict[str, Any]], verdict: Verdict) -> None:
    """Without the tables of webhooks: an event that was never written would be missing there too."""
    first: defaultdict[str, list[Any]] = defaultdict(list)
    seen: set[str] = set()
    for line in lines:
        if line["accepted"] and line["id"] not in seen:
            seen.add(line["id"])
            first[line["subject"]].append(line["kind"] if line["number"] is None else line["number"])
    expected: defaultdict[str, list[Any]] = defaultdict(list)
    for subject, kind in trial.audit.rows(ORDERS):
        expected[subject].append(kind)
    orders = {subject: kinds for subject, kinds in first.items() if subject.startswith("order:")}
    wrong = [one for one in {*expected, *orders} if expected.get(one) != orders.get(one)]
    verdict.demand(wrong, "orders whose events are not what happened to them, in turn")
    prices = trial.audit.rows(PRICES)
    wrong = [one for one, price in prices if first.get(one, []) != list(range(FIRST_PRICE + 1, price + 1))]
    verdict.demand(wrong, "products whose prices did not arrive one after the other")
    verdict.lines.append(
        f"{len(expected):,} orders and {sum(price - FIRST_PRICE for _, price in prices):,} changes of prices "
        "arrived as they happened, each in its order"
    )
