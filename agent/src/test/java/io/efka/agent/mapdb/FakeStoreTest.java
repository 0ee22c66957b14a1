package io.efka.agent.mapdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.service.FakeStore;
import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStore;
import io.efka.agent.service.StoreException;
import org.junit.jupiter.api.Test;

final class FakeStoreTest extends ServiceStoreContract {
    private final FakeStore services = new FakeStore();

    @Override
    ServiceStore store() {
        return services;
    }

    @Test
    void keepsTheEarlierRecordWhenASaveFails() throws Exception {
        services.save(stopped("a"));
        services.full(true);
        assertThatThrownBy(() -> services.save(running("a"))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> services.delete(new ServiceId("a"))).isInstanceOf(StoreException.class);
        assertThat(services.load()).containsExactly(stopped("a"));
    }
}
