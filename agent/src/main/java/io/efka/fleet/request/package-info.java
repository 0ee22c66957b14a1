/** Commands that an operator sends to one device or to many, and what they answer. */
@NullMarked
package io.efka.fleet.request;

import org.jspecify.annotations.NullMarked;
