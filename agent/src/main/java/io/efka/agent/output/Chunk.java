package io.efka.agent.output;

import io.efka.agent.service.RunId;

/** The bytes of one message, all of one run; {@code offset} is that of the first. */
record Chunk(long offset, RunId run, byte[] payload) {}
