package io.efka.agent.desired;

import java.util.ArrayList;
import java.util.List;

/** What an event makes of a document, and what is to be done once that is on disk, in this order. */
record DocumentStep(Document next, List<DocumentEffect> effects) {
    DocumentStep {
        effects = List.copyOf(effects);
    }

    DocumentStep then(DocumentEffect effect) {
        var more = new ArrayList<DocumentEffect>(effects);
        more.add(effect);
        return new DocumentStep(next, more);
    }

    DocumentStep then(List<? extends DocumentEffect> others) {
        var more = new ArrayList<DocumentEffect>(effects);
        more.addAll(others);
        return new DocumentStep(next, more);
    }
}
