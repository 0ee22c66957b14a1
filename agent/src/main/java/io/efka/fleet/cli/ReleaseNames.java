package io.efka.fleet.cli;

import io.efka.fleet.desired.ReleaseId;
import io.efka.fleet.view.ServiceView;
import java.util.Optional;

/** Which release a service has. */
final class ReleaseNames {
    private ReleaseNames() {}

    /** Whether the service's current release is meant. */
    static boolean matches(ServiceView service, String wanted) {
        Optional<String> id = service.status().text("release");
        return id.filter(one -> ReleaseId.isOf(one, wanted)).isPresent();
    }
}
