"""What can go wrong between PostgreSQL and OpenSearch, in the words of this app."""


class EngineUnavailableError(Exception):
    """OpenSearch did not answer in time, or refused because it is overloaded.

    Sync leaves the changes pending; a search is answered from PostgreSQL.
    """


class NoServingIndexError(Exception):
    """No index serves searches, or the one that should is not in OpenSearch. `manage.py reindex` makes one."""


class ReindexRefusedError(Exception):
    """A rebuild or roll-back that was not carried out. What serves is unchanged.

    `reasons` says why, the most important first.
    """

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))
