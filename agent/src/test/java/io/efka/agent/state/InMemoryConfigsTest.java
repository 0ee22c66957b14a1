package io.efka.agent.state;

import io.efka.agent.supervision.ConfigStore;

final class InMemoryConfigsTest extends ConfigStoreContract {
    private final InMemoryConfigs configs = new InMemoryConfigs();

    @Override
    ConfigStore store() {
        return configs;
    }

    @Override
    void fillTheDisk() {
        configs.fail(true);
    }
}
