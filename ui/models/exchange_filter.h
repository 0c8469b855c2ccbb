// SPDX-License-Identifier: MIT
#pragma once

#include "api/exchange.h"

#include <QSortFilterProxyModel>

#include <vector>

namespace reverxy::ui {

/// What the user typed to narrow the list: words, all of which must be found somewhere in a row, whatever their
/// case. A word after a minus must not be found. "4xx" means the statuses from 400 to 499.
class ExchangeFilter {
  public:
    ExchangeFilter() = default;
    explicit ExchangeFilter(const QString& text);

    bool isEmpty() const { return m_words.empty(); }

    bool matches(const api::Exchange& exchange) const;
    bool operator==(const ExchangeFilter&) const = default;

  private:
    struct Word {
        QString text;
        int statusClass = 0; // 1 to 5: a class instead of a text
        bool excluded = false;
        bool operator==(const Word&) const = default;
    };

    std::vector<Word> m_words;
};

/// The rows of an ExchangeModel that match, in its order.
class FilteredExchanges : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setFilter(const ExchangeFilter& filter);

    const ExchangeFilter& filter() const { return m_filter; }

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    ExchangeFilter m_filter;
};

} // namespace reverxy::ui
