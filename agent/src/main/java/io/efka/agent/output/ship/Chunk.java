package io.efka.agent.output.ship;

import io.efka.protocol.RunId;

/** The bytes of one message, all of one run; {@code offset} is that of the first. */
record Chunk(long offset, RunId run, byte[] payload) {}
