package io.efka.fleet.desired;

import io.efka.fleet.view.Glob;

/** A release is named as its maker did, or by its id, which has 8 digits of its content as well. */
public final class ReleaseId {
    private ReleaseId() {}

    /** Whether the release with this id is meant; {@code *} and {@code ?} match. */
    public static boolean isOf(String id, String wanted) {
        return Glob.parse(wanted).matches(id)
                || Glob.parse(wanted + "-????????").matches(id);
    }
}
