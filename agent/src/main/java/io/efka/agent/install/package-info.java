/** Manifests as files: reading them with all their faults, putting services into their folders and taking them away. */
@NullMarked
package io.efka.agent.install;

import org.jspecify.annotations.NullMarked;
