/** State that survives a kill -9 and a power cut: a journal in front of a MapDB checkpoint. Nobody else sees MapDB. */
@NullMarked
package io.efka.agent.mapdb;

import org.jspecify.annotations.NullMarked;
