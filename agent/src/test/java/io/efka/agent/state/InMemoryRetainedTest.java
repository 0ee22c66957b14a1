package io.efka.agent.state;

import io.efka.agent.telemetry.RetainedNames;

final class InMemoryRetainedTest extends RetainedNamesContract {
    private final InMemoryRetained retained = new InMemoryRetained();

    @Override
    RetainedNames names() {
        return retained;
    }
}
