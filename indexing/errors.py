"""What can go wrong between PostgreSQL and OpenSearch, in the words of this app."""


class EngineUnavailableError(Exception):
    """OpenSearch did not answer, or said that it cannot now. Nothing is lost: what was to be done stays due."""


class NoServingIndexError(Exception):
    """No index serves searches, or the one that should is not in OpenSearch. `manage.py reindex` makes one."""


class ReindexRefusedError(Exception):
    """A rebuild or roll-back that was not carried out. What serves is unchanged.

    `reasons` says why, the most important first.
    """

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))
