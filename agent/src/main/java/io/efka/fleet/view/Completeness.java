package io.efka.fleet.view;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of a fleet came.
 *
 * @param devices how many devices came
 * @param services how many of their services came
 * @param expected how many services the devices say they have; for those that are offline, as many as came
 * @param missing devices of which not all services came
 * @param mayMissSome whether there may be more: new devices came each time they were asked for, or the broker fell silent
 */
public record Completeness(int devices, int services, int expected, List<String> missing, boolean mayMissSome) {
    public Completeness {
        missing = List.copyOf(missing);
    }

    static Completeness of(List<DeviceView> devices, boolean withServices, boolean mayMissSome) {
        int services = 0;
        int expected = 0;
        var missing = new ArrayList<String>();
        for (DeviceView device : devices) {
            services += device.services().size();
            int lacking = withServices ? missingServices(device) : 0;
            expected += device.services().size() + lacking;
            if (lacking > 0) missing.add(device.id());
        }
        return new Completeness(devices.size(), services, expected, missing, mayMissSome);
    }

    /** How many services the device says it has beyond those that came. */
    static int missingServices(DeviceView device) {
        return Math.max(
                0, device.announcedServices().orElse(0) - device.services().size());
    }

    public boolean isComplete() {
        return missing.isEmpty() && !mayMissSome;
    }
}
