class EngineUnavailableError(Exception):
    """OpenSearch did not answer in time, or refused because it is overloaded.

    Sync leaves the changes pending; a search is answered from PostgreSQL.
    """


class NoServingIndexError(Exception):
    """No index serves searches, or the registered one is not in OpenSearch. `manage.py reindex` creates one."""


class ReindexRefusedError(Exception):
    """A rebuild or rollback that was not carried out. The serving index is unchanged.

    `reasons`: why, the most important first.
    """

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))
