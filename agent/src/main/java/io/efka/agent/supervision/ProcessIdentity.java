package io.efka.agent.supervision;

/**
 * Which process a run is, beyond doubt: a pid alone is used again by the kernel.
 *
 * @param pid the main process
 * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks from boot to its start
 * @param bootId {@code /proc/sys/kernel/random/boot_id}: changes with every boot
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {}
