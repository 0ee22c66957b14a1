package io.efka.agent.release;

import io.efka.agent.artifact.Downloads;
import java.util.concurrent.Executor;

/**
 * How archives come onto the device and are unpacked; shared by all services.
 *
 * @param maxUnpacked bytes that an archive may unpack to
 * @param unpackers one thread, which may wait for the disk for minutes: unpacking needs memory
 */
public record Artifacts(Downloads downloads, long maxUnpacked, Executor unpackers) {}
