package io.efka.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.efka.agent.supervision.FakeStore;
import io.efka.agent.supervision.ServiceStore;
import io.efka.agent.supervision.StoreException;
import io.efka.protocol.ServiceId;
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
        assertThat(services.load()).containsExactly(stopped("a"));
    }

    /** Removing can make room, so it must not need any. */
    @Test
    void aServiceIsDeletedOnAFullDiskUntilTheReserveIsUsedUp() throws Exception {
        services.save(stopped("a"));
        services.save(stopped("b"));
        services.full(true);
        services.delete(new ServiceId("a"));
        services.useUpReserve();
        assertThatThrownBy(() -> services.delete(new ServiceId("b"))).isInstanceOf(StoreException.class);
        assertThat(services.load()).containsExactly(stopped("b"));
    }
}
