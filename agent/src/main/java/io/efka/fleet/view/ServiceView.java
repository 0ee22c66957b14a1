package io.efka.fleet.view;

/**
 * One service of one device as its status says.
 *
 * @param status the status document
 */
public record ServiceView(DeviceView device, String id, Document status) {
    /** {@code gate7/camera}. */
    public String name() {
        return device.id() + "/" + id;
    }

    /** Whether what the status says is true now; an offline device cannot say otherwise. */
    public boolean isKnown() {
        return device.isOnline();
    }

    /** {@code running}; {@code unknown} if the status does not say. */
    public String state() {
        return status.text("state").orElse("unknown");
    }
}
