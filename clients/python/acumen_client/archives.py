"""Versions of models as files: downloaded from a server, installed into one."""

import asyncio
from pathlib import Path

from acumen_client.aio_flows import AwaitableFlows
from acumen_client.call import new_id
from acumen_client.errors import InvalidInput
from acumen_client.flows import BlockingFlows
from acumen_client.gen.v1 import registry_pb2 as pb
from acumen_client.landing import Landing
from acumen_client.versions import Installation, Progress, download


class Archives(BlockingFlows):
    """Archives, blocking."""

    def download_model(
        self,
        path: Path,
        model: str = "",
        *,
        version: str = "",
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Write a version's archive to a file and check its SHA-256; goes on where an earlier download broke off.

        `progress` is called with the bytes there are and the bytes there will be. Raises `DataLoss` and `OSError`.
        """
        name = model or self.defaults.model
        landing = Landing("model", f"{name}-{version}", Path(path))
        try:
            for message in self.follow(download(name, version, landing.offset, timeout)):
                landing.take(message)
                if progress is not None:
                    progress(landing.offset, landing.total_bytes)
            return landing.finish()
        except InvalidInput:
            landing.discard()
            raise
        finally:
            landing.close()

    def install_model(
        self,
        path: Path,
        *,
        force: bool = False,
        serve: bool = False,
        request_id: str = "",
        timeout: float | None = None,
    ) -> pb.InstallModelResponse:
        """Send an archive, which the server checks before it keeps it. Raises `OSError` of the file."""
        data = Path(path).read_bytes()
        archive = Installation(data=data, force=force, serve=serve, request_id=request_id or new_id())
        return self.send(archive.call(timeout))


class AioArchives(AwaitableFlows):
    """Archives, for asyncio."""

    async def download_model(
        self,
        path: Path,
        model: str = "",
        *,
        version: str = "",
        progress: Progress | None = None,
        timeout: float | None = None,
    ) -> Path:
        """Write a version's archive to a file and check its SHA-256, as `Client.download_model` does."""
        name = model or self.defaults.model
        landing = await asyncio.to_thread(Landing, "model", f"{name}-{version}", Path(path))
        try:
            async for message in self.follow(download(name, version, landing.offset, timeout)):
                await asyncio.to_thread(landing.take, message)
                if progress is not None:
                    progress(landing.offset, landing.total_bytes)
            return await asyncio.to_thread(landing.finish)
        except InvalidInput:
            landing.discard()
            raise
        finally:
            landing.close()

    async def install_model(
        self,
        path: Path,
        *,
        force: bool = False,
        serve: bool = False,
        request_id: str = "",
        timeout: float | None = None,
    ) -> pb.InstallModelResponse:
        """Send an archive, as `Client.install_model` does."""
        data = await asyncio.to_thread(Path(path).read_bytes)
        archive = Installation(data=data, force=force, serve=serve, request_id=request_id or new_id())
        return await self.send(archive.call(timeout))
