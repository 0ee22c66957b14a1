/**
 * Measures how fast and how small the packaged agent is, compared with the same work without it in the same run.
 * {@code integration-tests/bench} starts it. It is no test: nothing here fails a build.
 */
package io.efka.it.bench;
