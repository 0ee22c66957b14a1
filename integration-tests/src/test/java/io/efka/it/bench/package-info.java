/**
 * How fast and how small the packaged agent is, measured against the bare thing in the same run. Started by
 * {@code integration-tests/bench}; no test: nothing here fails a build.
 */
package io.efka.it.bench;
