/**
 * What an operator types: {@code run}, {@code demo} and {@code check}, with their settings, exit codes and signals. It may
 * use every package, picocli, Gson for the config file and Logback for the log; no other package uses it.
 *
 * <p>Runs on the main thread, which waits for the end. Signals come on the JVM's own threads and stop the agent on
 * {@code efka-end}.
 */
@NullMarked
package io.efka.agent.main;

import org.jspecify.annotations.NullMarked;
