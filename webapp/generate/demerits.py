"""不良执业行为记分: frozen records of past years, chained, and some drafts that are still open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from webapp.catalog import catalog
from webapp.demerits.models import Demerit
from webapp.demerits.points import tally
from webapp.demerits.submission import record_of
from webapp.generate.draw import Draw, moments
from webapp.generate.people import People
from webapp.generate.world import Bearer, Member, Place

# Every other one of the newest fiftieth is not handed in yet.
NEWEST = 50
NOTICED_WITHIN = 10
# Light faults are the most frequent.
LIGHT, SEVERAL = 0.8, 0.2


@dataclass
class Demerits:
    """Writes the demerits of one run."""

    people: People
    draw: Draw
    last: date

    def add(self, places: Sequence[Place], number: int) -> Iterator[None]:
        """Add so many demerits in the order of time; yield after each."""
        self.rules = catalog().current_demerit_rules()
        sums = list(accumulate(len(place.persons) for place in places))
        for count, (day, moment) in enumerate(moments(number, self.last, self.draw)):
            place = self.draw.choices(places, cum_weights=sums)[0]
            self._enter(place, day, moment, is_open=count % 2 == 0 and count >= number - number // NEWEST)
            yield

    def _enter(self, place: Place, day: date, moment: datetime, is_open: bool) -> None:
        person, scorer = self.draw.choice(place.persons), self.draw.choice(place.scorers)
        items, era = self._items(), place.era_on(day)
        demerit = Demerit(
            uuid=self.draw.uuid7(moment),
            institution_id=place.id,
            district=era.district,
            level=place.level,
            revision_id=era.revision_id,
            scorer_id=scorer.id,
            person_id=person.id,
            rules_slug=self.rules.slug,
            rules_version=self.rules.version,
            items=items,
            points=tally(self.rules, items).total,
            conduct_on=day - timedelta(days=self.draw.randint(1, NOTICED_WITHIN)),
            recorded_on=day,
            changed_at=moment,
        )
        if not is_open:
            self._hand_in(demerit, place, person, scorer)
        self.people.bulk.add(demerit)
        if not is_open:
            name, digest = person.facts["name"], demerit.digest or ""
            self.people.note("demerit-submitted", scorer, demerit, name, moment, digest=digest)

    def _items(self) -> list[str]:
        """One item or two, in the order of the rules; the light ones are the most frequent."""
        light = [item.code for item in self.rules.articles[0].items]
        offered = light if self.draw.chance(LIGHT) else list(self.rules.items)
        drawn = self.draw.sample(offered, 2 if self.draw.chance(SEVERAL) else 1)
        return [code for code in self.rules.items if code in drawn]

    def _hand_in(self, demerit: Demerit, place: Place, person: Bearer, scorer: Member) -> None:
        demerit.submitted_at = demerit.changed_at
        record = record_of(
            uuid=demerit.uuid,
            person=person.facts,
            rules=self.rules,
            institution=place.era_on(demerit.recorded_on).about,
            scorer=scorer.about,
            submitted_at=demerit.submitted_at,
            conduct_on=demerit.conduct_on,
            items=demerit.items,
            points=demerit.points,
            photos=[],
        )
        for name, value in place.demerits.link(record).items():
            setattr(demerit, name, value)
