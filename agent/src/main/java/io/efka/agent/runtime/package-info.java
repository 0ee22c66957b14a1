/** Clock, timers and executors. */
@NullMarked
package io.efka.agent.runtime;

import org.jspecify.annotations.NullMarked;
