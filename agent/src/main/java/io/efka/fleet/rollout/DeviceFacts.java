package io.efka.fleet.rollout;

import io.efka.protocol.DeviceId;
import io.efka.protocol.ServiceId;
import java.util.Map;
import java.util.Optional;

/**
 * What a device of the group has published last, as far as it matters to a rollout.
 *
 * @param report on the rollout's document; empty: none has come
 * @param services of the rollout, by id; one that is missing is not known
 */
record DeviceFacts(
        DeviceId device, Presence presence, Optional<ReportFacts> report, Map<ServiceId, ServiceFacts> services) {

    DeviceFacts {
        services = Map.copyOf(services);
    }

    /** Whether a device is there. */
    enum Presence {
        ONLINE,
        /** Its agent has ended as it should. */
        OFFLINE,
        /** The broker has lost it. */
        LOST
    }

    boolean isOnline() {
        return presence == Presence.ONLINE;
    }

    /**
     * What a device reports of the document.
     *
     * @param revision that it has taken; 0: none
     * @param isCandidate whether it has the candidate
     * @param state as in the protocol: {@code done}
     * @param code why it failed
     */
    record ReportFacts(long revision, boolean isCandidate, String state, Optional<String> code) {
        boolean isDone() {
            return state.equals("done");
        }

        /** Whether the device has given up this revision. */
        boolean isFailed() {
            return switch (state) {
                case "rolled_back", "failed", "conflict", "refused" -> true;
                default -> false;
            };
        }

        /** Why, in one word. */
        String problem() {
            return code.orElse(state);
        }
    }

    /**
     * What the status and the metrics of a service say.
     *
     * @param isDesired whether it is desired running
     * @param restarts automatic ones, as the status counts them
     * @param uptime empty: no metrics have come
     */
    record ServiceFacts(
            boolean isDesired,
            String state,
            boolean isReady,
            boolean isUnhealthy,
            boolean isCrashLoop,
            long restarts,
            Optional<Uptime> uptime) {

        /**
         * What is wrong with it now, in one word of the protocol; empty: nothing. A crash loop may be what is left of an earlier
         * release, so it is not for one look to say.
         */
        Optional<String> problem() {
            if (!isDesired) return Optional.empty();
            if (state.equals("failed") || state.equals("backoff")) return Optional.of(state);
            return isUnhealthy ? Optional.of("unhealthy") : Optional.empty();
        }

        /** Whether it is what it should be. */
        boolean isWell() {
            return problem().isEmpty()
                    && (!isDesired || isReady || state.equals("completed") || state.equals("scheduled"));
        }
    }

    /**
     * How long a service was to run, and did, since its agent started.
     *
     * @param desired seconds
     * @param asDesired seconds of these in which it was running and ready
     */
    record Uptime(double desired, double asDesired) {
        Uptime since(Uptime earlier) {
            return new Uptime(desired - earlier.desired, asDesired - earlier.asDesired);
        }
    }
}
