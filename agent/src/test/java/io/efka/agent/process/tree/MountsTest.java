package io.efka.agent.process.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class MountsTest {
    private final Preflight.Mounts mounts = new Preflight.Mounts("""
            21 1 8:1 / / rw,relatime - ext4 /dev/vda rw
            30 21 0:5 / /srv rw,nosuid,nodev,noexec shared:1 - ext4 /dev/vdb rw
            31 30 0:6 / /srv/bin rw - ext4 /dev/vdc rw
            32 21 0:7 / /mnt/usb\\040stick rw,noexec - vfat /dev/sda rw
            33 21 0:8 / /over rw,noexec - ext4 /dev/vdd rw
            34 33 0:9 / /over rw - tmpfs none rw
            """);

    @Test
    void aFileBelowANoexecMountHasIt() {
        assertThat(mounts.noexecMountOf(Path.of("/srv/app/run"))).contains(Path.of("/srv"));
    }

    @Test
    void theNearestMountCounts() {
        assertThat(mounts.noexecMountOf(Path.of("/srv/bin/run"))).isEmpty();
        assertThat(mounts.noexecMountOf(Path.of("/srvice/run"))).isEmpty();
    }

    @Test
    void aBlankInItsNameIsRead() {
        assertThat(mounts.noexecMountOf(Path.of("/mnt/usb stick/run"))).contains(Path.of("/mnt/usb stick"));
    }

    /** As one with an umlaut in the C locale. */
    @Test
    void aMountPointThatCannotBeAPathIsPassedOver() {
        var odd = new Preflight.Mounts(
                "30 21 0:5 / /s\0v rw,noexec - ext4 /dev/vdb rw\n31 21 0:6 / /srv rw,noexec - ext4 /dev/vdc rw");
        assertThat(odd.noexecMountOf(Path.of("/srv/run"))).contains(Path.of("/srv"));
    }

    @Test
    void aLaterMountOnTheSamePointHidesTheEarlierOne() {
        assertThat(mounts.noexecMountOf(Path.of("/over/run"))).isEmpty();
    }
}
