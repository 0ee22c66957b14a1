/** Words for people about what went wrong outside of the agent. It may use the JDK only. */
@NullMarked
package io.efka.words;

import org.jspecify.annotations.NullMarked;
