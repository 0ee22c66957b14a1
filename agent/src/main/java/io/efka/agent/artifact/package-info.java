/**
 * Brings artifacts onto the device: files that are named by their SHA-256, from a list of sources, verified while they are
 * written, and kept in a cache of bounded size. A transfer that breaks goes on where it stopped, also after a restart of the
 * agent.
 *
 * <p>{@link io.efka.agent.artifact.Downloads} is what the rest of the agent uses. An
 * {@link io.efka.agent.artifact.ArtifactSource} knows one kind of sources. The threads are {@code agent-download-1} and
 * {@code -2}, and while something is downloaded over HTTP those of the JDK's client. May use {@code protocol},
 * {@code threads}, {@code agent.files} and {@code agent.runtime}.
 */
@NullMarked
package io.efka.agent.artifact;

import org.jspecify.annotations.NullMarked;
