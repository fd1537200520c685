"""Institutions with their registrations, what was decided on them, departments and people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import User
from webapp.catalog import Region, catalog
from webapp.database import db
from webapp.demo.cast import DEPARTMENTS, HOSPITAL
from webapp.generate.draw import Draw, first_day
from webapp.generate.people import GENDERS, People
from webapp.generate.plans import Profile, profile_of
from webapp.generate.world import SIZES, Era, Member, Place, level_of
from webapp.institutions.departments import Department
from webapp.institutions.models import Institution, InstitutionRevision, Status
from webapp.institutions.registrations import Decision, Registration
from webapp.sample import sample_credit_code, sample_id_number, sample_mobile

# Of a hundred institutions so many still wait for a decision, and so many were sent back.
PENDING, RETURNED = 2, 1
REASON = "《医疗机构执业许可证》照片不清楚，看不清有效期限，请重新拍照后提交。"
SUBJECTS = ("02", "03", "04", "05", "07", "12", "32", "50")
DECIDED_AFTER = timedelta(hours=20)


@dataclass
class Institutions:
    """Writes the institutions of one run."""

    people: People
    draw: Draw
    profiles: list[Profile]
    last: date
    _codes: set[str] = field(default_factory=set)

    def add(self, number: int) -> Iterator[Place | None]:
        """Add so many institutions; yield each that is approved, and None for each that is not."""
        self._codes.update(db.session.scalars(select(Institution.credit_code)))
        db.session.rollback()
        regions = catalog().reference.regions_on(self.last)
        begin = first_day(self.last)
        reviewers = self.people.reviewers(regions, self.draw.moment(begin - timedelta(days=400)))
        # Districts differ much in how many institutions they have.
        shares = [1 / (place + 4) for place in range(len(regions))]
        for place in range(number):
            region = self.draw.choices(regions, shares)[0]
            yield self._institution(place, region, reviewers[region.code])

    def _institution(self, number: int, region: Region, reviewer: User) -> Place | None:
        level, status = level_of(number), _status_of(number)
        profile = profile_of(level, self.draw)
        ago = self.draw.randint(1, 30)
        approved = status == Status.APPROVED
        day = first_day(self.last) - timedelta(days=10 * ago) if approved else self.last - timedelta(days=ago)
        moment = self.draw.moment(day)
        data = self._data(level, region, self.profiles[profile].scope)
        institution = Institution(uuid=self.draw.uuid7(moment), status=status, created_at=moment, **data)
        self.people.bulk.add(institution)
        applicant = self.people.member(
            institution.id, moment, name=institution.contact, is_administrator=True
        )
        self._register(institution, applicant, reviewer, moment)
        if not approved:
            return None
        place = Place(institution.id, institution.name, level, profile, self._eras(institution, moment))
        self._populate(place, institution, applicant, moment + DECIDED_AFTER)
        return place

    def _data(self, level: str, region: Region, scope: list[str]) -> dict[str, Any]:
        person = self.draw.person_name(self.draw.choice(GENDERS))
        return {
            "name": self.draw.institution_name(region.name, SIZES[level].kind),
            "credit_code": self._credit_code(),
            "district": region.code,
            "address": self.draw.address(region.name),
            "level": level,
            "treatment_subjects": sorted(self.draw.sample(SUBJECTS, 3)),
            "nature": self.draw.choice([nature.value for nature in catalog().reference.natures]),
            "legal_person": person,
            "legal_person_id_number": sample_id_number(self.draw),
            "contact": person,
            "contact_phone": sample_mobile(self.draw),
            "scope": scope,
        }

    def _credit_code(self) -> str:
        while (code := sample_credit_code(self.draw)) in self._codes:
            pass
        self._codes.add(code)
        return code

    def _register(self, institution: Institution, applicant: User, reviewer: User, moment: datetime) -> None:
        registration = Registration(
            uuid=self.draw.uuid7(moment),
            institution_id=institution.id,
            district=institution.district,
            status=institution.status,
            applicant_id=applicant.id,
            submitted_at=moment,
        )
        self.people.bulk.add(registration)
        self.people.note("registration-submitted", applicant, registration, institution.name, moment)
        if institution.status == Status.PENDING:
            return
        result, decided = institution.status, moment + DECIDED_AFTER
        reason = REASON if result == Status.RETURNED else ""
        decision = Decision(
            registration_id=registration.id, result=result, reason=reason, by_id=reviewer.id, at=decided
        )
        self.people.bulk.add(decision)
        self.people.note(f"registration-{result}", reviewer, registration, institution.name, decided)

    def _eras(self, institution: Institution, moment: datetime) -> list[Era]:
        """Its revisions: one, or two where its district has become part of another in the meantime."""
        begin = first_day(self.last)
        found: list[Era] = []
        for since, district in self._districts(institution, begin):
            institution.district = district
            revision = InstitutionRevision.of(institution, len(found) + 1)
            revision.made_at = moment + DECIDED_AFTER if since == begin else self.draw.moment(since)
            self.people.bulk.add(revision)
            about = {"uuid": str(institution.uuid), "revision": revision.digest}
            found.append(Era(since, district, revision.id, about))
        return found

    def _districts(self, institution: Institution, begin: date) -> Iterator[tuple[date, str]]:
        regions = catalog().reference.regions
        before = [r for r in regions if r.successor == institution.district and r.valid_on(begin)]
        present = catalog().reference.region(institution.district)
        if before:
            yield begin, self.draw.choice(before).code
        yield (present.valid_from if before and present.valid_from else begin), present.code

    def _populate(self, place: Place, institution: Institution, applicant: User, moment: datetime) -> None:
        size = SIZES[place.level]
        departments = self._departments(institution, size.departments)
        inspectors, scorers = self.draw.randint(*size.inspectors), self.draw.randint(*size.scorers)
        for number in range(inspectors + scorers):
            inspects = number < inspectors
            # In a clinic the one who inspects scores as well.
            scores = not inspects or not scorers
            user = self.people.member(
                institution.id,
                moment,
                department_id=self.draw.choice(departments),
                is_inspector=inspects,
                is_scorer=scores,
                inspection_scope=institution.scope if inspects else [],
            )
            place.inspectors += [Member.of(user, place.name)] if inspects else []
            place.scorers += [Member.of(user, place.name)] if scores else []
        place.persons = self.people.bearers(institution.id, self.draw.randint(*size.persons), moment)

    def _departments(self, institution: Institution, number: int) -> list[int]:
        added = []
        for place, name in enumerate(DEPARTMENTS[HOSPITAL][:number], start=1):
            department = Department(
                uuid=self.draw.uuid7(institution.created_at),
                institution_id=institution.id,
                name=name,
                code=f"KS{place:02d}",
            )
            self.people.bulk.add(department)
            added.append(department.id)
        return added


def _status_of(number: int) -> Status:
    if number % 100 < 100 - PENDING - RETURNED:
        return Status.APPROVED
    return Status.RETURNED if number % 100 < 100 - PENDING else Status.PENDING
