/** Topics, device and group ids, messages and the port to the broker. Values and a port, no thread, no library. */
@NullMarked
package io.efka.agent.wire;

import org.jspecify.annotations.NullMarked;
