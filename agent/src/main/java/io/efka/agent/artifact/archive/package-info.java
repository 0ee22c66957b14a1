/**
 * Unpacks archives that may come from anybody: tar, tar.gz, tar.xz and zip. Either the whole archive is in the folder
 * afterwards, durably, or nothing of it is. Nothing is written outside of the folder, and the memory needed has a bound
 * that does not depend on the archive.
 *
 * <p>The formats are read here and not by a library, because whatever is not understood is refused: see "Why no library
 * for archives?" in {@code agent/docs/rationale.md}. Only xz is decompressed by one, org.tukaani:xz.
 *
 * <p>May use {@code agent.files} and {@code threads}. Has no thread; whoever calls it blocks for the disk.
 */
@NullMarked
package io.efka.agent.artifact.archive;

import org.jspecify.annotations.NullMarked;
