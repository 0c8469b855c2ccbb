// SPDX-License-Identifier: MIT
#pragma once

#include "api/exchange.h"

#include <QTextBrowser>
#include <QWidget>

#include <optional>

namespace reverxy::ui {

class EmptyState;
class ElidedLabel;
class TimingBar;

/// What happened to one exchange and why, in sentences, with where its time went.
class ExchangeDetail : public QWidget {
    Q_OBJECT
  public:
    explicit ExchangeDetail(QWidget* parent = nullptr);

    /// Keeps the reader's place where the same exchange is told further.
    void setExchange(const api::Exchange& exchange);
    void clear();

    const std::optional<api::Exchange>& exchange() const { return m_exchange; }

    QString text() const { return m_story->toPlainText(); }

  protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void refresh();
    QString summary() const;
    QString story() const;

    std::optional<api::Exchange> m_exchange;
    QWidget* m_content;
    EmptyState* m_empty;
    ElidedLabel* m_title;
    QWidget* m_markSpace;
    ElidedLabel* m_summary;
    TimingBar* m_timing;
    QTextBrowser* m_story;
};

} // namespace reverxy::ui
