package io.efka.it.chaos;

import java.time.Duration;

/**
 * What the observer knows of the weather: it judges only what could have been right. The driver says what it does to the
 * broker, to the link and to the agent; the device's own status says when the agent is back. Thread-safe.
 */
final class Conditions {
    private static final long DISK_AFTERMATH = Duration.ofSeconds(5).toNanos();

    private boolean broker = true;
    private boolean link = true;
    private boolean agent = true;
    private boolean online;
    private boolean connected;
    private boolean diskFull;
    private long diskFreedAt = System.nanoTime() - DISK_AFTERMATH;
    private long session;
    private long buried;
    private long brokerKills;
    private long brokerWipes;
    private long diskFills;
    private long agentEnds;
    private long calmNanos;
    private long audibleNanos;
    private long settledAt = System.nanoTime();

    /** One line of the driver's: {@code broker up}, {@code broker down}, {@code broker killed}, {@code agent up} … */
    synchronized void driver(String line) {
        settle();
        switch (line) {
            case "broker up" -> broker = true;
            case "broker down" -> {
                broker = false;
                online = false;
            }
            case "broker killed" -> {
                broker = false;
                online = false;
                brokerKills++;
            }
            case "broker wiped" -> {
                broker = false;
                online = false;
                brokerKills++;
                brokerWipes++;
            }
            case "link faulty" -> link = false;
            case "link fine" -> {
                // Whether it is connected is known at its next birth.
                link = true;
                online = false;
            }
            case "agent up" -> agent = true;
            case "agent down" -> {
                agent = false;
                agentEnds++;
                online = false;
                buried = session;
            }
            case "disk full" -> {
                diskFull = true;
                diskFills++;
            }
            case "disk free" -> {
                diskFull = false;
                diskFreedAt = System.nanoTime();
            }
            default -> throw new IllegalArgumentException("the driver said: " + line);
        }
    }

    /**
     * The device's status came, and not as something retained: that may be old.
     *
     * @param number of the agent's start; what a killed one has said is out of date
     */
    synchronized void online(boolean isOnline, long number) {
        settle();
        session = Math.max(session, number);
        if (number > buried) online = isOnline;
    }

    synchronized void connected(boolean isConnected) {
        settle();
        connected = isConnected;
    }

    /** Whether everybody is up and connected. */
    synchronized boolean isCalm() {
        return isAudible() && online;
    }

    /** Whether nothing is done that would keep the agent from hearing, whatever it says itself. */
    private boolean isAudible() {
        return broker && link && agent && connected;
    }

    synchronized boolean isConnected() {
        return connected;
    }

    /** Time since the beginning in which it was calm. */
    synchronized long calmNanos() {
        settle();
        return calmNanos;
    }

    /** Time since the beginning in which nothing kept the agent from hearing. */
    synchronized long audibleNanos() {
        settle();
        return audibleNanos;
    }

    /** How often the broker was killed with what it had not saved. */
    synchronized long brokerKills() {
        return brokerKills;
    }

    /** How many of these kills took all that it had ever saved. */
    synchronized long brokerWipes() {
        return brokerWipes;
    }

    /** How often the disk was filled. */
    synchronized long diskFills() {
        return diskFills;
    }

    /** How often the agent ended, one way or another. */
    synchronized long agentEnds() {
        return agentEnds;
    }

    /** Whether the disk is full, or was a moment ago. */
    synchronized boolean isDiskShort() {
        return diskFull || System.nanoTime() - diskFreedAt < DISK_AFTERMATH;
    }

    private void settle() {
        long now = System.nanoTime();
        if (isCalm()) calmNanos += now - settledAt;
        if (isAudible()) audibleNanos += now - settledAt;
        settledAt = now;
    }
}
