package io.efka.agent.artifact.archive;

/**
 * What an archive has become.
 *
 * @param entries files, folders and links
 * @param bytes the sum of the files' sizes
 */
public record Unpacked(int entries, long bytes) {}
