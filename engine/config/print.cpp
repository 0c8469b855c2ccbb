// SPDX-License-Identifier: MIT
#include "config/print.h"

#include "config/settings.h"
#include "config/value.h"

namespace reverxy::config {

namespace {

class Printer {
  public:
    Printer(const Config& config, const Sources& sources) : m_config(config), m_sources(sources) {}

    std::string print() {
        for (const Child& child : children()) {
            if (child.parent == Group::Root && child.shape == Shape::Section && child.group != Group::Pool)
                printSection(child, &m_config, {}, 0);
        }
        printPools();
        printRoutes();
        return std::move(m_text);
    }

  private:
    void line(size_t indent, const std::string& text, const std::string& source = {}) {
        constexpr size_t sourceColumn = 44;
        std::string written = std::string(indent, ' ') + text;
        if (!source.empty())
            written += std::string(written.size() + 2 < sourceColumn ? sourceColumn - written.size() : 2, ' ') +
                       "# " + source;
        m_text += written + "\n";
    }

    const Source* sourceOf(const std::string& path) const {
        const auto found = m_sources.find(path);
        return found == m_sources.end() ? nullptr : &found->second;
    }

    /// `inherited` is the path whose source counts when `path` has none; may be "".
    void printSetting(const Setting& setting, const void* object, const std::string& path,
                      const std::string& inherited, size_t indent, const std::string& lead = {}) {
        const Source* source = sourceOf(path);
        if (!source && !inherited.empty())
            source = sourceOf(inherited);
        const Value value = setting.load(object);
        std::string text = formatValue(setting, value);
        // Durations and sizes may be written in several units; people should find what they wrote, if it still
        // means the same.
        if (setting.type == Type::Duration || setting.type == Type::Size) {
            const std::string written = source ? source->text : std::string(setting.defaultText);
            if (const auto again = parseLine(setting, written); again && formatValue(setting, *again.value) == text)
                text = written;
        }
        line(indent, lead + std::string(setting.key) + ": " + text, source ? source->toString() : "default");
    }

    void printSettings(Group group, const void* object, const std::string& path, const std::string& inherited,
                       size_t indent, const std::string& lead = {}) {
        std::string before = lead;
        for (const Setting& setting : settings()) {
            if (setting.group != group)
                continue;
            const std::string key = "." + std::string(setting.key);
            printSetting(setting, object, path + key, inherited.empty() ? std::string() : inherited + key,
                         indent - before.size(), before);
            before.clear();
        }
    }

    void printSection(const Child& child, const void* parent, const std::string& parentPath, size_t indent) {
        if (child.count(parent) == 0)
            return;
        const std::string path =
            parentPath.empty() ? std::string(child.key) : parentPath + "." + std::string(child.key);
        const bool inherits =
            !parentPath.empty() && (child.group == Group::LoadBalancer || child.group == Group::RateLimiter);
        line(indent, std::string(child.key) + ":");
        // Opening an object that is there changes nothing.
        const void* object = child.open(const_cast<void*>(parent), 0, {});
        printSettings(child.group, object, path, inherits ? std::string(child.key) : std::string(), indent + 2);
        printChildren(child.group, object, path, indent + 2);
    }

    void printChildren(Group group, const void* object, const std::string& path, size_t indent) {
        for (const Child& child : children()) {
            if (child.parent != group)
                continue;
            if (child.shape == Shape::Section)
                printSection(child, object, path, indent);
            else
                printList(child, object, path, indent);
        }
    }

    void printList(const Child& child, const void* parent, const std::string& parentPath, size_t indent) {
        const std::string path =
            parentPath.empty() ? std::string(child.key) : parentPath + "." + std::string(child.key);
        const Source* source = sourceOf(path);
        const size_t count = child.count(parent);
        line(indent, std::string(child.key) + (count == 0 ? ": []" : ":"),
             count > 0 ? ""
             : source  ? source->toString()
                       : "default");
        for (size_t i = 0; i < count; ++i) {
            const void* object = child.open(const_cast<void*>(parent), i, {});
            const std::string element = path + "[" + std::to_string(i) + "]";
            printSettings(child.group, object, element, {}, indent + 4, "- ");
            printChildren(child.group, object, element, indent + 4);
        }
    }

    void printPools() {
        bool first = true;
        for (const bool named : {false, true}) {
            for (const Pool& pool : m_config.pools) {
                const bool isNamed = pool.name != "default" || m_sources.contains("pools.default");
                if (isNamed != named)
                    continue;
                if (named && first)
                    line(0, "pools:");
                first = first && !named;
                const std::string path = named ? "pools." + pool.name : "pool";
                const size_t indent = named ? 2 : 0;
                line(indent, named ? formatText(pool.name) + ":" : "pool:");
                printSettings(Group::Pool, &pool, path, {}, indent + 2);
                printChildren(Group::Pool, &pool, path, indent + 2);
            }
        }
    }

    void printRoutes() {
        // The one route that is there when none is written stays unwritten.
        if (m_sources.contains("routes[0]"))
            printList(*findChild(Group::Root, "routes"), &m_config, {}, 0);
        else
            line(0, "routes: []", "default: everything goes to the pool \"default\"");
    }

    const Config& m_config;
    const Sources& m_sources;
    std::string m_text;
};

} // namespace

std::string printConfiguration(const Config& config, const Sources& sources) {
    return Printer(config, sources).print();
}

} // namespace reverxy::config
