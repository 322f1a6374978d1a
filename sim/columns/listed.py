"""What a local inventory lists of one area: plain data, as it stands in a run's shape and manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.vocabulary import ANY, N_NEEDS, ORGANISED, Offer, Payer, mask_of, need_of

OFFERS = tuple(offer.name.lower() for offer in Offer)
PAYERS = tuple(payer.name.lower() for payer in Payer)
ANY_NEED = "any"
NO_FUNDER = "none"


@dataclass(frozen=True)
class Service:
    """One row: one offer of one organisation, one mutual group, or one online community.

    `offer` is one of OFFERS. `needs`: names of needs groups, or ("any",). `place`: a neighbourhood's
    name, "" for the whole area. `places`: people it has room for at once. `funder`: one of PAYERS or
    "none"; `gbp_year`: pounds a year of the award, -1 when it is not known. `end_week`: weeks from the
    start of the policy to the end of the award (0: at the start); -1 when there is none or it is not known.
    """

    organisation: str
    offer: str
    needs: tuple[str, ...]
    place: str
    places: int
    funder: str
    gbp_year: int
    end_week: int
    award_end: str
    self_referral: bool
    nhs_team: bool

    @property
    def organised(self) -> bool:
        """Whether it is an organisation to the model: not a mutual group, not an online community."""
        return self.offer in [OFFERS[offer] for offer in ORGANISED]

    @property
    def mask(self) -> int:
        """Needs groups served, as bits."""
        if ANY_NEED in self.needs:
            return (1 << N_NEEDS) - 1
        return mask_of(*self.needs)

    @property
    def experience(self) -> int:
        """The one needs group that a mutual group shares, or ANY."""
        return ANY if ANY_NEED in self.needs else need_of(self.needs[0])


@dataclass(frozen=True)
class Inventory:
    """All that exists in one area. `area`: its position, as in `Shape.areas`; `sha256` of the file read."""

    area: int
    file: str
    sha256: str
    start: str
    services: tuple[Service, ...]

    def of(self, *offers: Offer) -> tuple[Service, ...]:
        """The services of these offers, in the order of the file."""
        names = [OFFERS[offer] for offer in offers]
        return tuple(s for s in self.services if s.offer in names)

    def neighbourhoods(self) -> tuple[str, ...]:
        """Names of neighbourhoods in order of first mention; a group without one stands alone."""
        keys = (neighbourhood(s, i) for i, s in enumerate(self.services))
        return tuple(dict.fromkeys(key for key in keys if key))


def neighbourhood(service: Service, row: int) -> str:
    """What keeps services of one neighbourhood together: its name; "" for one that serves the whole area.

    A mutual group always meets somewhere: one without a neighbourhood has one of its own.
    """
    if service.place:
        return service.place.casefold()
    return f"row {row}" if service.offer == OFFERS[Offer.GROUP] else ""


def inventory_of(plain: Mapping[str, Any]) -> Inventory:
    """The inventory that `dataclasses.asdict` was given. Raises KeyError or TypeError for anything else."""
    services = tuple(Service(**{**s, "needs": tuple(s["needs"])}) for s in plain["services"])
    return Inventory(**{**plain, "services": services})
