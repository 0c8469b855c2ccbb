// SPDX-License-Identifier: MIT
#include "config/diff.h"

#include "config/settings.h"

namespace reverxy::config {

Difference difference(const Config& running, const Config& next) {
    Difference result;
    Config applied = next;
    // What needs a restart stands in sections of the top alone: pools and routes come and go with a reload.
    for (const Setting& setting : settings()) {
        if (setting.live)
            continue;
        for (const Child& child : children()) {
            if (child.parent != Group::Root || child.group != setting.group || child.shape != Shape::Section)
                continue;
            // Opening a section that is always there changes nothing.
            const Value before = setting.load(child.open(const_cast<Config*>(&running), 0, {}));
            void* after = child.open(&applied, 0, {});
            if (setting.load(after) != before)
                result.restart.push_back(pathOf(setting));
            setting.store(after, before);
        }
    }
    result.live = !(applied == running);
    return result;
}

} // namespace reverxy::config
