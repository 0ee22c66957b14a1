/**
 * The output of many services as one text: what is kept on the devices, and what comes. Offsets tell what has been shown, so
 * that nothing is shown twice and nothing is left out, whatever breaks in between.
 */
@NullMarked
package io.efka.fleet.logs;

import org.jspecify.annotations.NullMarked;
