/**
 * What happened in a fleet: the events that the devices keep in their journals, and those that come. An event that was missed
 * while the connection was lost is asked for afterwards.
 */
@NullMarked
package io.efka.fleet.events;

import org.jspecify.annotations.NullMarked;
