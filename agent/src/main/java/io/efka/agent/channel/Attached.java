package io.efka.agent.channel;

import io.efka.agent.service.RunId;
import io.efka.agent.service.ServiceId;

/** A living channel: whose it is, over which connection, and what is open on it. */
record Attached(ServiceId service, RunId run, Connection connection, Questions questions) {}
