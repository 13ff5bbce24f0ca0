"""What the API shows of files that are read in."""

from uuid import UUID

from pydantic import Field

from taskly.platform.http.schema import Response


class ImportResponse(Response):
    """A file was taken, and will be read."""

    job_id: UUID = Field(
        description="`GET /jobs/{id}` tells how it goes. Its result has the `workspace_id`, or in "
        "`refused` what is wrong with the file, and in which line."
    )
