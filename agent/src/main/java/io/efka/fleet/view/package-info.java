/**
 * What is known of a fleet: its devices and services, as their retained documents say. Everything in them may be from another
 * version, or made up by somebody else, so nothing is expected of them.
 */
@NullMarked
package io.efka.fleet.view;

import org.jspecify.annotations.NullMarked;
