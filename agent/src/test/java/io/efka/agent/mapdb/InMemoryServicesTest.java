package io.efka.agent.mapdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.service.ServiceId;
import io.efka.agent.service.ServiceStore;
import io.efka.agent.service.StoreException;
import org.junit.jupiter.api.Test;

final class InMemoryServicesTest extends ServiceStoreContract {
    private final InMemoryServices services = new InMemoryServices();

    @Override
    ServiceStore store() {
        return services;
    }

    @Test
    void keepsTheEarlierRecordWhenASaveFails() throws Exception {
        services.save(stopped("a"));
        services.fail(true);
        assertThatThrownBy(() -> services.save(running("a"))).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> services.delete(new ServiceId("a"))).isInstanceOf(StoreException.class);
        assertThat(services.load()).containsExactly(stopped("a"));
    }
}
