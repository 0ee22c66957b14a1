package io.efka.agent.supervision;

/** The timers of a service. */
public enum TimerKind {
    /** The launched process has lived long enough to be called running. */
    ALIVE_THRESHOLD,
    /** The time to become ready is over. */
    READY,
    /** The service has been silent for too long. */
    WATCHDOG,
    /** The time to stop is over. */
    GRACE,
    /** The backoff is over, or a manifest that could not be read is read again. */
    RESTART,
    /** The run has lived long enough to be called stable. */
    STABLE,
    /** The next health check is due. */
    HEALTH,
    /** Enough failures are older than the window: this is no crash loop any more. */
    CRASH_LOOP_END,
    /** The start period is over: failed health checks count from now on. */
    START_PERIOD,
    /** A run of a oneshot has taken too long. */
    RUN_TIMEOUT,
    /** The next run of a oneshot may be due. */
    DUE;

    /** Whether it ends a service that did not speak in time. */
    boolean endsSilentService() {
        return this == READY || this == WATCHDOG;
    }
}
