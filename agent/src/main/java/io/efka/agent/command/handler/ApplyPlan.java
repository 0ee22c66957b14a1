package io.efka.agent.command.handler;

import io.efka.agent.install.InstallRequest;
import io.efka.protocol.Desired;
import io.efka.protocol.ServiceId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The services that a device is to have.
 *
 * @param prune whether all others are removed
 */
record ApplyPlan(List<Wanted> services, boolean prune) {
    ApplyPlan {
        services = List.copyOf(services);
    }

    /** @param content empty: as it is installed */
    record Wanted(ServiceId id, Optional<InstallRequest> content, Desired desired) {}

    Set<ServiceId> ids() {
        return services.stream().map(Wanted::id).collect(Collectors.toSet());
    }
}
