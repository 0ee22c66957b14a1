/**
 * Control groups: what the machine supports, one group per run, and the systemd scope that contains them.
 */
@NullMarked
package io.efka.agent.process.cgroup;

import org.jspecify.annotations.NullMarked;
