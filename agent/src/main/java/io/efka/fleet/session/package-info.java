/**
 * The connection of one command of the operator's. A command runs on one thread and handles on it whatever comes; the link's
 * thread only puts it into a queue.
 */
@NullMarked
package io.efka.fleet.session;

import org.jspecify.annotations.NullMarked;
