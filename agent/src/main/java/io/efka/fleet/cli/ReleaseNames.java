package io.efka.fleet.cli;

import io.efka.fleet.view.Glob;
import io.efka.fleet.view.ServiceView;
import java.util.Optional;

/** A release is named as its maker did, or by its id, which has 8 digits of its content as well. */
final class ReleaseNames {
    private ReleaseNames() {}

    /** Whether the service's current release is meant. */
    static boolean matches(ServiceView service, String wanted) {
        Optional<String> id = service.status().text("release");
        return id.filter(one -> Glob.parse(wanted).matches(one)
                        || Glob.parse(wanted + "-????????").matches(one))
                .isPresent();
    }
}
