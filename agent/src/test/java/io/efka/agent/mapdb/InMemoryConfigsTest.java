package io.efka.agent.mapdb;

import io.efka.agent.service.ConfigStore;

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
